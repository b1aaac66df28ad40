/** uPlot with its style, for loading when the first chart is drawn. */
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";

export default uPlot;
