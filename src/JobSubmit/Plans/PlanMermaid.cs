using System.Globalization;
using System.Text;
using QueryStream.Streams.Graph;

namespace QueryStream.JobSubmit.Plans;

/// <summary>A plan as a Mermaid diagram: each vertex is a box with the operators of its chain.</summary>
internal static class PlanMermaid
{
    /// <summary>The whole plan.</summary>
    public static string Of(JobPlanView plan)
    {
        StringBuilder text = new("flowchart LR\n");
        foreach (JobVertex vertex in plan.Graph.Vertices)
        {
            text.Append(CultureInfo.InvariantCulture, $"  subgraph v{vertex.Index + 1}[\"{vertex.Index + 1} × {vertex.Parallelism}\"]\n");
            foreach (StreamNode node in vertex.Nodes)
            {
                string state = string.Concat(node.DescribeState().Select(state => $"<br>{Escape(state.Name)}"));
                text.Append(CultureInfo.InvariantCulture, $"    n{node.Index}[\"{Escape(node.Name)}{state}\"]\n");
            }

            text.Append("  end\n");
        }

        // Two nodes may be connected by several outputs; one arrow is enough.
        IEnumerable<string> arrows =
            from node in plan.Graph.Vertices.SelectMany(vertex => vertex.Nodes)
            from input in node.Inputs
            let arrow = input.Exchange == Streams.Graph.Exchange.Forward ? "-->" : $"-- {input.Exchange.Strategy} -->"
            select string.Create(CultureInfo.InvariantCulture, $"  n{input.From.Node.Index} {arrow} n{node.Index}\n");
        text.AppendJoin("", arrows.Distinct());

        return text.ToString().TrimEnd();
    }

    private static string Escape(string name) => name.Replace("\"", "#quot;", StringComparison.Ordinal);
}
