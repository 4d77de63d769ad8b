#pragma once
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <gnutls/crypto.h>
#include <stdint.h>
#include <sys/socket.h>

/* A server's side of a connection until its client has said something. */
struct doorstep_opening {
    gnutls_session_t session;
    int socket;
    /* Whether it was no TLS, but the request line of plain HTTP. */
    int was_plain;
    /* The whole reply to that; outlives the connection. */
    const void *reply;
    size_t size;
};

/* As GnuTLS reads by itself. */
static inline ssize_t doorstep_gnutls_pull(
    gnutls_transport_ptr_t socket, void *bytes, size_t size)
{
    return recv((int) (intptr_t) socket, bytes, size, 0);
}

/* The first reading: a record of TLS begins with a small number, a method of HTTP with a letter. */
static inline ssize_t doorstep_gnutls_pull_first(
    gnutls_transport_ptr_t pointer, void *bytes, size_t size)
{
    struct doorstep_opening *opening = (struct doorstep_opening *) pointer;
    int socket = opening->socket;
    ssize_t count = recv(socket, bytes, size, 0);
    if (count <= 0) return count;
    unsigned char first = *(const unsigned char *) bytes | 0x20;
    if (first >= 'a' && first <= 'z') {
        opening->was_plain = 1;
        (void) send(socket, opening->reply, opening->size, MSG_NOSIGNAL | MSG_DONTWAIT);
    }
    gnutls_transport_set_ptr(opening->session, (gnutls_transport_ptr_t) (intptr_t) socket);
    gnutls_transport_set_pull_function(opening->session, doorstep_gnutls_pull);
    return count;
}

/* Lets a session begin with that; `opening` is not used any more once something was read. */
static inline void doorstep_gnutls_open(struct doorstep_opening *opening)
{
    gnutls_transport_set_ptr2(
        opening->session, opening, (gnutls_transport_ptr_t) (intptr_t) opening->socket);
    gnutls_transport_set_pull_function(opening->session, doorstep_gnutls_pull_first);
}

/* What GnuTLS allocated for its caller; `gnutls_free` is a variable, which Swift may not read. */
static inline void doorstep_gnutls_free(void *pointer)
{
    gnutls_free(pointer);
}
