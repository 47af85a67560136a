import { Component, type ReactNode } from "react";

import { Button } from "@/components/Button";

import { PanelEmpty } from "./PanelNote";

interface State {
  error: Error | null;
}

/** Keeps what fails in one panel from the others. */
export class PanelGuard extends Component<{ children: ReactNode; resetKey: string }, State> {
  override state: State = { error: null };

  static getDerivedStateFromError(error: unknown): State {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override componentDidUpdate(before: { resetKey: string }): void {
    if (before.resetKey !== this.props.resetKey && this.state.error !== null) this.setState({ error: null });
  }

  override render(): ReactNode {
    if (this.state.error === null) return this.props.children;
    return (
      <PanelEmpty title="This panel failed" height={0}>
        <p role="alert">{this.state.error.message.slice(0, 500)}</p>
        <Button onClick={() => this.setState({ error: null })}>Try again</Button>
      </PanelEmpty>
    );
  }
}
