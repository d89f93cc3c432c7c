/*
 * The panel of Moddable's simulator (it runs inside mcsim, not inside the firmware): a terminal on the
 * serial line of the simulated board. The firmware posts {"console": text}, the panel posts {"line": text}.
 */
import { ButtonsRow, ControlsColumn } from "ControlsPane";
import { DeviceBehavior, DeviceContainer, DeviceScreen } from "DevicePane";
import { VerticalScrollbar, ScrollerBehavior } from "piu/Scrollbars";
import { Button, ButtonBehavior } from "piu/Buttons";

const FIELD = 36;
/** Characters that are kept; the oldest lines go first. */
const TRANSCRIPT = 16000;

/* Panels can't see the skins of the simulator. */
const screenSkin = new Skin({ fill: "#101418" });
const frameSkin = new Skin({ fill: "#ffffff", stroke: "#dbdbdb", borders: { left: 1, right: 1, top: 1, bottom: 1 } });
const fieldSkin = new Skin({ fill: ["#ffffff", "#6573c7"] });
const fieldStyle = new Style({ color: ["#000000", "#ffffff"], horizontal: "left", left: 5, right: 5 });
const textStyle = new Style({ font: "14px Fira Mono", color: "#d0e8d0", horizontal: "left", vertical: "top", left: 10, right: 10 });

class TerminalBehavior extends DeviceBehavior {
	onCreate(container, device) {
		super.onCreate(container, device);
		this.transcript = "";
	}
	onJSON(container, json) {
		if (typeof json.console === "string")
			this.append(container, json.console);
	}
	append(container, text) {
		this.transcript += text;
		if (this.transcript.length > TRANSCRIPT)
			this.transcript = this.transcript.slice(this.transcript.indexOf("\n", this.transcript.length - TRANSCRIPT) + 1);
		container.distribute("onTranscriptChanged", this.transcript);
	}
	doSend(container, line) {
		this.append(container, "> " + line + "\n");
		this.postMessage(container, JSON.stringify({ line }));
	}
	doRestart() {
		application.defer("doReloadFile");
	}
	onAbort(container) {
		this.append(container, "\n(the program has ended)\n");
	}
}

class TranscriptBehavior extends Behavior {
	onTranscriptChanged(content, transcript) {
		content.string = transcript;
		content.container.delegate("onContentGrown");
	}
}

class TranscriptScrollerBehavior extends ScrollerBehavior {
	onContentGrown(scroller) {
		scroller.scrollTo(0, scroller.first.height);
	}
}

class PromptBehavior extends Behavior {
	onEnter(field) {
		const line = field.string;
		if (!line)
			return;
		field.string = "";
		field.bubble("doSend", line);
	}
}

class SendBehavior extends ButtonBehavior {
	onTap(button) {
		button.previous.first.delegate("onEnter");
	}
}

const Terminal = DeviceContainer.template($ => ({
	Behavior: TerminalBehavior, left: 0, right: 0, top: 0, bottom: 0,
	contents: [
		Scroller($, {
			left: 0, right: 0, top: 0, bottom: FIELD, clip: true, active: true, skin: screenSkin, Behavior: TranscriptScrollerBehavior,
			contents: [
				Text($, { left: 0, right: 0, top: 0, style: textStyle, string: "", Behavior: TranscriptBehavior }),
				VerticalScrollbar($, {}),
			],
		}),
		Container($, {
			left: 4, right: 80, bottom: 4, height: FIELD - 8, skin: frameSkin,
			contents: [
				Field($, {
					left: 1, right: 1, top: 1, bottom: 1, clip: true, active: true, skin: fieldSkin, style: fieldStyle,
					placeholder: "a prompt for the board", Behavior: PromptBehavior,
				}),
			],
		}),
		Button($, { right: 4, width: 72, bottom: 3, height: FIELD - 6, string: "Send", Behavior: SendBehavior }),
		DeviceScreen($, { left: 0, width: 0, top: 0, height: 0, rotation: 0 }),
	],
}));

export default {
	applicationName: "ruvllm-esp32.*",
	title: "ruvllm-esp32",
	ControlsTemplate: ControlsColumn.template($ => ({
		contents: [
			ButtonsRow({ label: "Board", buttons: [{ event: "doRestart", label: "Restart" }] }),
		],
	})),
	DeviceTemplates: { 0: Terminal },
};
