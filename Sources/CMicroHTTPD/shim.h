#pragma once
#include <stddef.h>
#include <stdint.h>
#include <microhttpd.h>

/* Swift cannot call variadic functions: each of libmicrohttpd's gets one plain function here. */

struct doorstep_mhd_settings {
    unsigned int io_threads;
    /* libmicrohttpd divides this between its threads; the server counts for itself. */
    unsigned int connections;
    size_t connection_memory;
    /* PEM, both or neither; must outlive the daemon. */
    const char *certificate;
    const char *key;
    const char *tls_priorities;
    void *context;
    MHD_AccessHandlerCallback handle;
    MHD_RequestCompletedCallback completed;
    MHD_NotifyConnectionCallback connection;
    void *(*begun)(void *context, const char *target, struct MHD_Connection *connection);
};

/* Targets are decoded and checked by the server, never by libmicrohttpd. */
static inline size_t doorstep_mhd_keep_escapes(
    void *context, struct MHD_Connection *connection, char *text)
{
    size_t length = 0;
    (void) context;
    (void) connection;
    while (text[length] != 0) ++length;
    return length;
}

static inline struct MHD_Daemon *doorstep_mhd_start(const struct doorstep_mhd_settings *settings)
{
    unsigned int flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME
        | MHD_USE_NO_LISTEN_SOCKET;
    struct MHD_OptionItem options[] = {
        {MHD_OPTION_CONNECTION_LIMIT, (intptr_t) settings->connections, NULL},
        {MHD_OPTION_CONNECTION_MEMORY_LIMIT, (intptr_t) settings->connection_memory, NULL},
        {MHD_OPTION_NOTIFY_COMPLETED, (intptr_t) settings->completed, settings->context},
        {MHD_OPTION_NOTIFY_CONNECTION, (intptr_t) settings->connection, settings->context},
        {MHD_OPTION_URI_LOG_CALLBACK, (intptr_t) settings->begun, settings->context},
        {MHD_OPTION_UNESCAPE_CALLBACK, (intptr_t) &doorstep_mhd_keep_escapes, NULL},
        /* The server is stricter itself; libmicrohttpd 0.9.75, asked to be, answers twice. */
        {MHD_OPTION_STRICT_FOR_CLIENT, 0, NULL},
        {MHD_OPTION_END, 0, NULL},
        {MHD_OPTION_END, 0, NULL},
        {MHD_OPTION_END, 0, NULL},
        {MHD_OPTION_END, 0, NULL},
        {MHD_OPTION_END, 0, NULL},
    };
    size_t count = 7;
    struct MHD_OptionItem threads = {
        MHD_OPTION_THREAD_POOL_SIZE, (intptr_t) settings->io_threads, NULL};
    struct MHD_OptionItem certificate = {
        MHD_OPTION_HTTPS_MEM_CERT, 0, (void *) settings->certificate};
    struct MHD_OptionItem key = {MHD_OPTION_HTTPS_MEM_KEY, 0, (void *) settings->key};
    struct MHD_OptionItem priorities = {
        MHD_OPTION_HTTPS_PRIORITIES, 0, (void *) settings->tls_priorities};
    if (settings->io_threads > 1) options[count++] = threads;
    if (settings->certificate != NULL) {
        flags |= MHD_USE_TLS;
        options[count++] = certificate;
        options[count++] = key;
        options[count++] = priorities;
    }
    return MHD_start_daemon(
        flags, 0, NULL, NULL, settings->handle, settings->context,
        MHD_OPTION_ARRAY, options, MHD_OPTION_END);
}

static inline int doorstep_mhd_socket(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    return info == NULL ? -1 : info->connect_fd;
}

/* What `connection` of the settings stored when the connection began. */
static inline void *doorstep_mhd_socket_context(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info == NULL ? NULL : info->socket_context;
}

/* Bytes from the first of the method to the last of the empty line after the headers. */
static inline size_t doorstep_mhd_head_size(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    return info == NULL ? 0 : info->header_size;
}

/* The `gnutls_session_t` of a TLS connection, else NULL. */
static inline void *doorstep_mhd_tls_session(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
    return info == NULL ? NULL : info->tls_session;
}
