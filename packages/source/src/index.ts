export type { AgentBoard, NodeBoard } from './board.ts';
export { SourceFault, type SourceFaultCode } from './fault.ts';
export { type FolderReaderOptions, folderReader } from './folder/folder-reader.ts';
export { type FolderSourceOptions, openFolderSource } from './folder/folder-source.ts';
export type { WatchTimes } from './folder/watch.ts';
export type { Listing, Reader, Source } from './source.ts';
export { type StateHolder, stateHolder } from './state/holder.ts';
export { recordedFolder } from './state/load.ts';
export type { Identify } from './state/reconcile.ts';
