#pragma once
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <gnutls/crypto.h>

/* What GnuTLS allocated for its caller; `gnutls_free` is a variable, which Swift may not read. */
static inline void doorstep_gnutls_free(void *pointer)
{
    gnutls_free(pointer);
}
