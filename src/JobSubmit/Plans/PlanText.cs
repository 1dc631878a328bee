using System.Globalization;
using System.Text;
using QueryStream.Streams.Graph;
using QueryStream.Streams.Settings;

namespace QueryStream.JobSubmit.Plans;

/// <summary>A plan for people: each vertex with its chain, its exchanges and its state.</summary>
internal static class PlanText
{
    /// <summary>The whole plan.</summary>
    public static string Of(JobPlanView plan)
    {
        JobGraph graph = plan.Graph;
        StringBuilder text = new();
        string vertices = graph.Vertices.Count == 1 ? "vertex" : "vertices";
        text.Append(CultureInfo.InvariantCulture, $"{graph.Name}: {graph.Vertices.Count} {vertices}, {graph.KeyGroups} key groups\n");
        foreach (JobVertex vertex in graph.Vertices)
        {
            AddVertex(text, graph, vertex);
        }

        foreach (string warning in graph.Warnings)
        {
            text.Append(CultureInfo.InvariantCulture, $"\nwarning: {warning}\n");
        }

        AddSettings(text, plan.Settings);
        return text.ToString().TrimEnd();
    }

    private static void AddVertex(StringBuilder text, JobGraph graph, JobVertex vertex)
    {
        text.Append(CultureInfo.InvariantCulture, $"\n{vertex.Index + 1}. {vertex.Name}\n");
        text.Append(CultureInfo.InvariantCulture, $"   id {vertex.Id}, parallelism {vertex.Parallelism}\n");
        foreach (JobEdge edge in graph.Edges.Where(edge => edge.To == vertex))
        {
            text.Append(CultureInfo.InvariantCulture, $"   from {edge.From.Index + 1} by {JobPlanView.StrategyOf(edge)}\n");
        }

        foreach (StreamNode node in vertex.Nodes)
        {
            string kind = node.Name == node.Kind ? "" : $" [{node.Kind}]";
            string state = string.Join(", ", node.DescribeState().Select(Describe));
            text.Append(CultureInfo.InvariantCulture, $"   - {node.Name}{kind}{(state.Length > 0 ? $"  state: {state}" : "")}\n");
        }
    }

    private static string Describe(NodeState state) => state.Kind == NodeState.OwnKind ? state.Name : $"{state.Name} ({state.Kind})";

    private static void AddSettings(StringBuilder text, IReadOnlyList<SettingInfo> settings)
    {
        if (settings.Count == 0)
        {
            return;
        }

        int width = settings.Max(setting => setting.Name.Length);
        int valueWidth = settings.Max(setting => setting.Default.Length);
        text.Append("\nSettings\n");
        foreach (SettingInfo setting in settings)
        {
            text.Append($"   {setting.Name.PadRight(width)}  {setting.Default.PadRight(valueWidth)}  {setting.Description}".TrimEnd()).Append('\n');
        }
    }
}
