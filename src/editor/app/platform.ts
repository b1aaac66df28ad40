/** What the person's system calls its keys. */
export const onMac: boolean = /Mac|iPhone|iPad/.test(navigator.userAgent);
