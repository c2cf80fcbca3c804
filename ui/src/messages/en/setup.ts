export const setup = {
  setup: {},
};
