/** Mailing a chat's transcript to its customer. */

import { ApiError } from "../../shared/api-error";
import { h } from "../../shared/dom";
import type { Desk } from "../desk";
import { inquiryWords } from "../strings.inquiries.ja";
import { formDialog, labelled } from "./formdialog";

const words = inquiryWords.transcript;

export function askTranscript(desk: Desk, id: string): void {
  const email = h("input", {
    type: "email",
    required: true,
    maxlength: 254,
    autofocus: true,
    autocomplete: "off",
  });
  formDialog({
    title: words.title,
    fields: [labelled(words.email, email, words.help)],
    submit: words.send,
    save: async () => {
      const to = email.value.trim();
      try {
        await desk.api.mailTranscript(id, to);
      } catch (error) {
        return (error instanceof ApiError && error.detail) || words.failed;
      }
      desk.store.setOpen(id, { notice: words.sent(to) });
      return null;
    },
  });
}
