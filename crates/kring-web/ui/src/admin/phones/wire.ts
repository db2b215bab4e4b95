// Phones that register with kring, as the server has them.

export type Binding = { address: string; transport: string; expires_at: string; last_seen: string; user_agent?: string | null };
/** Whether its sound is secured over TLS; null: as the configuration says. */
export type Srtp = 'off' | 'prefer' | 'require';
export type Phone = { user: string; name: string; agent?: string | null; disabled: boolean; srtp?: Srtp | null; symmetric: boolean; registered: boolean; bindings: Binding[] };
export type PhoneSecret = { user: string; secret: string; realm?: string | null };
