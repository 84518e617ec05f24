/* nothing_static - a program without a loader: what is left of an exec. */
int
main(void)
{
	return 0;
}
