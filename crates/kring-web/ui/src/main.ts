import { mount } from 'svelte';
import App from './App.svelte';
import './app.css';
import { text } from './text/text.svelte';

void text.ready().then(() => mount(App, { target: document.getElementById('app')! }));
