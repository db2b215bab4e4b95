// Phones that register with kring, as the server has them.

export type Binding = { address: string; transport: string; expires_at: string; last_seen: string; user_agent?: string | null };
export type Phone = { user: string; name: string; agent?: string | null; disabled: boolean; registered: boolean; bindings: Binding[] };
export type PhoneSecret = { user: string; secret: string; realm?: string | null };
