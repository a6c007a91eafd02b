/** Steps that answers are indented by. */
export const mostOnPhone = 3;
export const mostOnDesk = 6;
