import { runThread } from '@jejak/runtime';

void runThread();
