export { default as Dialog } from "../components/Dialog.svelte";
export { default as Restore } from "../flows/backup/Restore.svelte";
export { default as MeetingStep } from "../flows/setup/MeetingStep.svelte";
export { default as AppMenu } from "./AppMenu.svelte";
export { default as CloseDialog } from "./CloseDialog.svelte";
export { default as OtherScreen } from "./OtherScreen.svelte";
