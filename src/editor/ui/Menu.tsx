/** A menu of commands that opens from a button. */
import { Check } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import type { ReactNode } from "react";
import { useLayer } from "./layer.ts";
import styles from "./Menu.module.css";

export interface MenuProps {
  /** The button: one element that takes a ref and props. */
  readonly trigger: ReactNode;
  readonly align?: "start" | "center" | "end";
  readonly children: ReactNode;
}

export const Menu = ({ trigger, align = "start", children }: MenuProps) => (
  <DropdownMenu.Root modal={false}>
    <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
    <DropdownMenu.Portal container={useLayer()}>
      <DropdownMenu.Content className={styles.menu} align={align} sideOffset={6} collisionPadding={8}>
        {children}
      </DropdownMenu.Content>
    </DropdownMenu.Portal>
  </DropdownMenu.Root>
);

export interface MenuItemProps {
  readonly icon?: ReactNode;
  /** "Ctrl+S", as the person's system writes it. */
  readonly keys?: string;
  readonly note?: string;
  readonly disabled?: boolean;
  onSelect(): void;
  readonly children: ReactNode;
}

export const MenuItem = ({ icon, keys, note, disabled, onSelect, children }: MenuItemProps) => (
  <DropdownMenu.Item className={styles.item} disabled={disabled} onSelect={onSelect}>
    <span className={styles.icon}>{icon}</span>
    <span className={styles.words}>
      {children}
      {note && <span className={styles.note}>{note}</span>}
    </span>
    {keys && <kbd className={styles.keys}>{keys}</kbd>}
  </DropdownMenu.Item>
);

export interface MenuChoiceProps<Value extends string> {
  readonly title: string;
  readonly value: Value;
  readonly options: readonly { readonly value: Value; readonly title: string; readonly note?: string }[];
  onChange(value: Value): void;
}

/** One of several, marked. */
export const MenuChoice = <Value extends string>({ title, value, options, onChange }: MenuChoiceProps<Value>) => (
  <DropdownMenu.RadioGroup value={value} onValueChange={(chosen) => onChange(chosen as Value)} aria-label={title}>
    <DropdownMenu.Label className={styles.label}>{title}</DropdownMenu.Label>
    {options.map((option) => (
      <DropdownMenu.RadioItem key={option.value} value={option.value} className={styles.item}>
        <span className={styles.icon}>
          <DropdownMenu.ItemIndicator>
            <Check size={14} />
          </DropdownMenu.ItemIndicator>
        </span>
        <span className={styles.words}>
          {option.title}
          {option.note && <span className={styles.note}>{option.note}</span>}
        </span>
      </DropdownMenu.RadioItem>
    ))}
  </DropdownMenu.RadioGroup>
);

export const MenuDivider = () => <DropdownMenu.Separator className={styles.divider} />;
