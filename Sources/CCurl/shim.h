#pragma once
#include <stdint.h>
#include <curl/curl.h>

/* Swift cannot call variadic functions, and curl's type checks are macros: plain functions. */

static inline CURLcode doorstep_curl_set_number(CURL *handle, CURLoption option, long value)
{
    return (curl_easy_setopt)(handle, option, value);
}

static inline CURLcode doorstep_curl_set_size(CURL *handle, CURLoption option, curl_off_t value)
{
    return (curl_easy_setopt)(handle, option, value);
}

static inline CURLcode doorstep_curl_set_text(CURL *handle, CURLoption option, const char *value)
{
    return (curl_easy_setopt)(handle, option, value);
}

static inline CURLcode doorstep_curl_set_pointer(CURL *handle, CURLoption option, void *value)
{
    return (curl_easy_setopt)(handle, option, value);
}

static inline CURLcode doorstep_curl_set_blob(
    CURL *handle, CURLoption option, const void *bytes, size_t count)
{
    struct curl_blob blob = {(void *) bytes, count, CURL_BLOB_COPY};
    return (curl_easy_setopt)(handle, option, &blob);
}

typedef size_t (*doorstep_curl_transfer)(char *bytes, size_t size, size_t count, void *context);

static inline CURLcode doorstep_curl_set_transfer(
    CURL *handle, CURLoption option, doorstep_curl_transfer function)
{
    return (curl_easy_setopt)(handle, option, function);
}

static inline long doorstep_curl_number(CURL *handle, CURLINFO info)
{
    long value = 0;
    return (curl_easy_getinfo)(handle, info, &value) == CURLE_OK ? value : 0;
}
