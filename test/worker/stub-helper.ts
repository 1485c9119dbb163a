/** A helper so busy that it never sees its channel close. */
for (;;);
