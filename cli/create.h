/*
 * create.h - `manifest create': digests of files, in the format of a manifest.
 *
 * The order is that of the paths' bytes, so that the same files give the same
 * manifest.
 */
#ifndef EXECGUARD_CLI_CREATE_H
#define EXECGUARD_CLI_CREATE_H

int create_main(int argc, char **argv);

#endif
