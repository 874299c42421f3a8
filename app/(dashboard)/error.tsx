"use client";

// For what fails before a workspace's shell is there: its own boundary lies inside the shell.
export { default } from "./[workspace]/error.tsx";
