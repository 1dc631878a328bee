using System.Globalization;
using QueryStream.Coordinator;
using QueryStream.Core.Metrics;
using QueryStream.Streams.Graph;
using QueryStream.Wire.Metrics;

namespace QueryStream.Rest.Views;

/// <summary>The metrics of each scope, by Flink's names.</summary>
internal static class MetricViews
{
    public static IEnumerable<Metric> OfSubtask(JobVertex vertex, TaskInfo task) => task.Figures is not { } figures ? [] :
        new TaskMetricList(figures, [.. vertex.Nodes.OrderBy(node => node.Index).Select(node => node.Name)], vertex.Head.Inputs.Count == 0).All();

    /// <summary>Those of all subtasks, each with the index of its subtask in front.</summary>
    public static IEnumerable<Metric> OfVertex(VertexViews vertex) => vertex.Tasks.SelectMany(task =>
        OfSubtask(vertex.Vertex, task).Select(metric => metric with
        {
            Id = string.Create(CultureInfo.InvariantCulture, $"{task.Task.Subtask}.{metric.Id}"),
        }));

    public static IEnumerable<Metric> OfProcess(ProcessSample? sample) => sample is null ? [] : ProcessMetricList.Of(sample);
}
