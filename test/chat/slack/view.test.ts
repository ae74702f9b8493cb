import { DIAGNOSE_VIEW, diagnoseView } from '../../../src/chat/slack/view.js';
import { checkView } from '../../lab/slack/block-kit.js';

describe('diagnoseView', () => {
  test('is a dialog that Slack takes, and remembers where its answer goes', () => {
    const view = checkView(JSON.parse(JSON.stringify(diagnoseView('C1'))), () => 'id');
    expect(view).toMatchObject({ type: 'modal', callback_id: DIAGNOSE_VIEW, private_metadata: 'C1' });
  });

  test('takes the log as text or as a file, neither of them required', () => {
    const inputs = diagnoseView('C1').blocks.map((block) =>
      'element' in block ? [block.block_id, block.element.type, block.optional] : [],
    );
    expect(inputs).toEqual([
      ['log', 'plain_text_input', true],
      ['file', 'file_input', true],
    ]);
  });
});
