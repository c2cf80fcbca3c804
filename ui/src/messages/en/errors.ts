export const errors = {
  errors: {},
};
