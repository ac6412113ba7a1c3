#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#if defined(__linux__)
#include <sys/prctl.h>

// Names the calling thread for whoever looks at the process.
static inline void tutela_name_thread(const char *name) { prctl(PR_SET_NAME, name, 0, 0, 0); }
#else
static inline void tutela_name_thread(const char *name) { (void)name; }
#endif

#if defined(__GLIBC__)
#include <malloc.h>

// Keeps memory that was given back for the next round, which would get it page by page again, each
// zeroed by the kernel. 1 where the C library does so.
static inline int tutela_keep_memory(void) {
    return mallopt(M_MMAP_THRESHOLD, 32 << 20) && mallopt(M_TRIM_THRESHOLD, 1 << 30) &&
           mallopt(M_TOP_PAD, 16 << 20);
}
#else
static inline int tutela_keep_memory(void) { return 0; }
#endif
