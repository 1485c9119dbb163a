/** What a picture shows at first: with more, modules stay closed. */
export const mostOpenItems = 150;
