/* A PKCS#11 module for tests: SoftHSM, whose sessions end while it signs when a file says so.
 *
 * Every octet string that is signed is appended to SEEN, a line each. Where the file LOSE holds
 * "K N", K more signatures are given; of the next N each is made, kept back, and its session
 * closed, as when a device is pulled before its answer was read. */

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

typedef unsigned long word;
typedef word (*get_list)(void **);
typedef word (*close_session)(word);
typedef word (*sign)(word, unsigned char *, word, unsigned char *, word *);

/* PKCS #11 v2.40, 3.6: a version, then 68 functions; these are the places of three of them. */
enum { FUNCTIONS = 68, GET_LIST = 3, CLOSE_SESSION = 13, SIGN = 43 };
enum { OK = 0, FAILED = 6, REMOVED = 0x32 };

static struct list {
    unsigned char version[2];
    void *of[FUNCTIONS];
} ours, *theirs;

/* Whether the answer is lost now: counts down what LOSE says. */
static int is_lost(void) {
    int given = 0, lost = 0;
    FILE *file = fopen(LOSE, "r");
    if (!file) return 0;
    int read = fscanf(file, "%d %d", &given, &lost);
    fclose(file);
    if (read != 2 || given + lost == 0) return 0;
    int loses = given == 0;
    if (loses) lost--; else given--;
    file = fopen(LOSE, "w");
    if (!file) return 0;
    fprintf(file, "%d %d", given, lost);
    fclose(file);
    return loses;
}

static word fragile_sign(word session, unsigned char *what, word length, unsigned char *to,
                         word *room) {
    word said = ((sign)theirs->of[SIGN])(session, what, length, to, room);
    if (!to || said != OK) return said;
    int lost = is_lost();
    FILE *file = fopen(SEEN, "a");
    if (!file) return FAILED;
    for (word at = 0; at < length; at++) fprintf(file, "%02x", what[at]);
    fprintf(file, lost ? " lost\n" : " given\n");
    fclose(file);
    if (!lost) return OK;
    memset(to, 0, *room);
    ((close_session)theirs->of[CLOSE_SESSION])(session);
    return REMOVED;
}

word C_GetFunctionList(void **list) {
    void *module = dlopen(MODULE, RTLD_NOW);
    get_list get = module ? (get_list)dlsym(module, "C_GetFunctionList") : 0;
    if (!get || get((void **)&theirs) != OK) return FAILED;
    ours = *theirs;
    ours.of[GET_LIST] = (void *)C_GetFunctionList;
    ours.of[SIGN] = (void *)fragile_sign;
    *list = &ours;
    return OK;
}
