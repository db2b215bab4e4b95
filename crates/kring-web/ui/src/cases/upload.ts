// Sends a file with what of it has gone; `fetch` does not tell that.

import { ApiRefused, ApiSilent, newKey } from '../api';
import type { Problem } from '../wire';

export function upload<T>(path: string, file: File, onprogress: (share: number) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', `/api/v1${path}`);
    request.setRequestHeader('accept', 'application/json');
    request.setRequestHeader('content-type', 'application/octet-stream');
    request.setRequestHeader('idempotency-key', newKey());
    request.upload.onprogress = (event) => event.lengthComputable && onprogress(event.loaded / event.total);
    request.onerror = () => reject(new ApiSilent('upload'));
    request.onload = () => {
      const answer = parsed(request.responseText);
      if (request.status < 300 && answer) return resolve(answer as T);
      const refused = answer && typeof (answer as Problem).code === 'string';
      reject(refused ? new ApiRefused({ ...(answer as Problem), status: request.status }) : new ApiSilent(`HTTP ${request.status}`));
    };
    request.send(file);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
