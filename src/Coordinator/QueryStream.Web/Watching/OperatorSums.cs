using QueryStream.Coordinator;
using QueryStream.Core.Metrics;
using QueryStream.Streams.Graph;
using QueryStream.Wire.Metrics;

namespace QueryStream.Web.Watching;

/// <summary>What has passed an operator of all subtasks since their attempts began, in rows.</summary>
/// <param name="Node">The operator.</param>
/// <param name="In">What came in.</param>
/// <param name="Out">What went out.</param>
public sealed record OperatorSums(StreamNode Node, long In, long Out)
{
    /// <summary>What was dropped on purpose.</summary>
    public long Filtered { get; init; }

    /// <summary>What was too late.</summary>
    public long Late { get; init; }

    /// <summary>What failed.</summary>
    public long DeadLettered { get; init; }

    /// <summary>What comes in a second; null: not known.</summary>
    public double? InRate { get; init; }

    /// <summary>What goes out a second; null: not known.</summary>
    public double? OutRate { get; init; }

    /// <summary>Adds up what the tasks of a vertex have reported, for those of its operators of which any has.</summary>
    public static IReadOnlyList<OperatorSums> Of(JobVertex vertex, IReadOnlyList<TaskInfo> tasks)
    {
        List<OperatorSums> sums = [];
        foreach (StreamNode node in vertex.Nodes)
        {
            List<(OperatorFlow Flow, OperatorRates? Rates)> all = [.. tasks.SelectMany(task => FlowOf(task.Figures, node))];
            if (all.Count > 0)
            {
                sums.Add(new OperatorSums(node, all.Sum(one => one.Flow.In), all.Sum(one => one.Flow.Out))
                {
                    Filtered = all.Sum(one => one.Flow.Filtered),
                    Late = all.Sum(one => one.Flow.Late),
                    DeadLettered = all.Sum(one => one.Flow.DeadLettered),
                    InRate = all.Exists(one => one.Rates is not null) ? all.Sum(one => one.Rates?.In ?? 0) : null,
                    OutRate = all.Exists(one => one.Rates is not null) ? all.Sum(one => one.Rates?.Out ?? 0) : null,
                });
            }
        }

        return sums;
    }

    private static IEnumerable<(OperatorFlow Flow, OperatorRates? Rates)> FlowOf(TaskFigures? figures, StreamNode node)
    {
        for (int i = 0; i < (figures?.Operators.Count ?? 0); i++)
        {
            if (figures!.Operators[i].Operator == node.Id)
            {
                yield return (figures.Operators[i], figures.Rates?.Operators is { } rates && i < rates.Count ? rates[i] : null);
            }
        }
    }
}
