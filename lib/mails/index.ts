/**
 * The mails we send, as pure functions from what happened to a message in plain text and in simple HTML: nothing in
 * them is loaded, nothing counts who reads. What owners are told without having asked reaches each of them once.
 */
export { type InvitationMail, invitationMail } from "./invitation.ts";
export { createNotices, type Notice } from "./notices.ts";
export { removalConfirmMail, removalGrantedMail, removalRefusedMail } from "./removal.ts";
export { signInMail } from "./sign-in.ts";
