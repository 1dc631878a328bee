using QueryStream.Streams.Graph;
using QueryStream.Streams.Settings;

namespace QueryStream.JobSubmit.Plans;

/// <summary>What <c>info</c> shows of a job.</summary>
/// <param name="Graph">Its graph as it runs.</param>
/// <param name="Settings">The settings that it has.</param>
internal sealed record JobPlanView(JobGraph Graph, IReadOnlyList<SettingInfo> Settings)
{
    /// <summary>What stands between two vertices: the ways by which rows are spread, each once.</summary>
    public static string StrategyOf(JobEdge edge) => string.Join(", ", edge.Links.Select(link => link.Exchange.Strategy).Distinct());
}
