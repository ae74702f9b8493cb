import type { ModalView } from '@slack/types';

export const DIAGNOSE_VIEW = 'registrar-diagnose';

/** The dialog of `/registry diagnose`: paste a log, or upload one. Slack caps a text input at 3000 characters. */
export function diagnoseView(channel: string): ModalView {
  return {
    type: 'modal',
    callback_id: DIAGNOSE_VIEW,
    private_metadata: channel,
    title: { type: 'plain_text', text: 'Diagnose a log' },
    submit: { type: 'plain_text', text: 'Diagnose' },
    close: { type: 'plain_text', text: 'Cancel' },
    blocks: [
      {
        type: 'input',
        block_id: 'log',
        optional: true,
        label: { type: 'plain_text', text: 'The log, or its last lines' },
        hint: {
          type: 'plain_text',
          text: 'From the command that failed to the end of the job says most. Up to 3000 characters here.',
        },
        element: { type: 'plain_text_input', action_id: 'text', multiline: true, max_length: 3000 },
      },
      {
        type: 'input',
        block_id: 'file',
        optional: true,
        label: { type: 'plain_text', text: 'Or the whole log as a file' },
        element: { type: 'file_input', action_id: 'file', max_files: 1 },
      },
    ],
  };
}
