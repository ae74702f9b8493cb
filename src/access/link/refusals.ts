import { EdgeError, type ErrorCode, type ForPerson } from '../../errors.js';

/** What stands in the way of a link, in words for the browser's page. None holds a word of the request. */

/** `not-found`. */
export function usedUp(): EdgeError {
  return refusal('not-found', {
    what: 'this link is used up',
    why: 'each one is good for one sign-in, within ten minutes',
    next: 'type /registry link in the chat for a new one',
  });
}

/** `not-allowed`: pressed by another site's form, or on an older page. */
export function notThisPage(): EdgeError {
  return refusal('not-allowed', {
    what: 'that button belongs to another page',
    why: 'the page is an older one, or this browser keeps no cookies',
    next: 'open the link from the chat again, and press the button there',
  });
}

/** `not-allowed`: state or cookie are missing, or not this browser's. */
export function notThisBrowser(): EdgeError {
  return refusal('not-allowed', {
    what: 'this sign-in was not begun in this browser',
    why: 'the way back from GitLab ends where it began, and within ten minutes',
    next: 'type /registry link in the chat, and use the new link in one browser; if somebody sent you this address, tell whoever runs Registrar',
  });
}

/** What GitLab sends back in place of a code. Source: RFC 6749, section 4.1.2.1. */
export function denied(error: string | undefined): EdgeError {
  if (error === 'access_denied')
    return refusal('not-allowed', {
      what: 'nothing was linked',
      why: 'you did not allow it in GitLab',
      next: 'open the link from the chat again if you want it after all',
    });
  return refusal('gitlab-refused', {
    what: 'GitLab refused the sign-in',
    next: 'whoever runs Registrar looks at the application in GitLab: the scope read_user and the redirect URI',
  });
}

function refusal(code: ErrorCode, forPerson: ForPerson): EdgeError {
  return new EdgeError({ part: code === 'gitlab-refused' ? 'gitlab' : 'registrar', code, forPerson });
}
