/*
 * verify.h - `manifest verify': whether files are what a manifest says.
 */
#ifndef EXECGUARD_CLI_VERIFY_H
#define EXECGUARD_CLI_VERIFY_H

int verify_main(int argc, char **argv);

#endif
