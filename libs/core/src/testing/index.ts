export * from './given-when-then';
export * from './history';
export * from './rules';
