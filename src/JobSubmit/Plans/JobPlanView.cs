using QueryStream.Streams.Graph;
using QueryStream.Streams.Settings;

namespace QueryStream.JobSubmit.Plans;

/// <summary>How a plan is printed.</summary>
internal enum PlanFormat
{
    /// <summary>Text.</summary>
    Text,

    /// <summary>One JSON object.</summary>
    Json,

    /// <summary>A Mermaid diagram.</summary>
    Mermaid,
}

/// <summary>What <c>info</c> shows of a job.</summary>
/// <param name="Graph">Its graph as it runs.</param>
/// <param name="Settings">The settings that it has.</param>
internal sealed record JobPlanView(JobGraph Graph, IReadOnlyList<SettingInfo> Settings)
{
    /// <summary>The exchange strategies between two vertices, each once.</summary>
    public static string StrategyOf(JobEdge edge) => string.Join(", ", edge.Links.Select(link => link.Exchange.Strategy).Distinct());
}
