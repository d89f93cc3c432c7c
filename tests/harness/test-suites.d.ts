/** Made by the bundler: imports every test file. */
declare module "test-suites" {}
