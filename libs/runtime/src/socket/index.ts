export { SocketClient } from './client';
export { type ServedSocket, serveSocket } from './server';
export { type AccountCommandType, JejakService, type LocalAccount, type LocalService } from './service';
