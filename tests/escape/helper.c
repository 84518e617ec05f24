/*
 * helper - a set-id program that becomes root for good and runs another one
 * again and again, as sudo(8) and pkexec(1) do.
 *
 * usage: helper ROUNDS PROGRAM
 *
 * No attack: whose real uid is 0 is nobody's to judge, but his parent was,
 * and a guard that takes the child for the user's own would kill it.  Prints
 *
 *	N rounds: P programs ran, K were killed, O ended otherwise
 *
 * and exits 1 unless P is N.  To be installed with mode 4755.
 */
#include "attack.h"

int
main(int argc, char **argv)
{
	int n_ran = 0, n_killed = 0, n_other = 0;
	int rounds;

	if (argc != 3) {
		fputs("usage: helper ROUNDS PROGRAM\n", stderr);
		return ATTACK_UNTRIED;
	}
	rounds = atoi(argv[1]);
	if (setresuid(0, 0, 0) < 0) {
		perror("setresuid");
		return ATTACK_UNTRIED;
	}
	for (int i = 0; i < rounds; i++) {
		int status = -1;
		pid_t child = fork();

		if (child == 0) {
			(void)execv(argv[2], argv + 2);
			exec_failed();
		}
		(void)waitpid(child, &status, 0);
		if (WIFSIGNALED(status))
			n_killed++;
		else if (status == 0)
			n_ran++;
		else
			n_other++;
	}
	printf("%d rounds: %d programs ran, %d were killed, "
	       "%d ended otherwise\n",
	    rounds, n_ran, n_killed, n_other);
	return n_ran == rounds ? 0 : 1;
}
