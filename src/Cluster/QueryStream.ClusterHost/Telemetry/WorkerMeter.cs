using System.Diagnostics.Metrics;
using System.Globalization;
using Microsoft.Extensions.Hosting;
using QueryStream.Core.Metrics;
using QueryStream.Hosting;
using QueryStream.Streams.Graph;
using QueryStream.Wire.Metrics;
using QueryStream.Worker;

namespace QueryStream.Cluster.Host.Telemetry;

/// <summary>The metrics of a worker: of its process, its tasks and their operators.</summary>
internal sealed class WorkerMeter : IHostedService
{
    private readonly WorkerNode _worker;
    private readonly ProcessProbe _process;
    private readonly KeyValuePair<string, object?>[] _labels;

    public WorkerMeter(WorkerNode worker, WorkerOptions options, ProcessProbe process, Meter meter, TimeProvider time)
    {
        _worker = worker;
        _process = process;
        _labels = [Label("tm_id", options.Worker.Name), Label("host", Environment.MachineName)];
        ScopeMeter.Create(meter, "flink_taskmanager_", MetricCatalog.Process, OfProcess, time);
        ScopeMeter.Create(meter, "flink_taskmanager_job_task_", MetricCatalog.Task, OfTasks, time);
        ScopeMeter.Create(
            meter,
            "flink_taskmanager_job_task_",
            [MetricCatalog.SinkLatency],
            () => OfLatencies(MetricCatalog.SinkLatency, figures => figures.SinkLatency),
            time);
        ScopeMeter.Create(
            meter,
            "flink_taskmanager_job_task_",
            [MetricCatalog.SinkWriteLatency],
            () => OfLatencies(MetricCatalog.SinkWriteLatency, figures => figures.WriteLatency),
            time);
        ScopeMeter.Create(meter, "flink_taskmanager_job_task_operator_", MetricCatalog.Operator, OfOperators, time);
    }

    // Registered as a service so that the host creates it.
    Task IHostedService.StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    Task IHostedService.StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private IEnumerable<LabelledMetrics> OfProcess() => [new(ProcessMetricList.Of(_process.Read()), _labels)];

    private IEnumerable<LabelledMetrics> OfTasks() => _worker.Tasks.Select(task => new LabelledMetrics(ListOf(task).OfTask(), LabelsOf(task)));

    private IEnumerable<LabelledMetrics> OfLatencies(MetricInfo info, Func<TaskFigures, LatencyCounts> latency) =>
        _worker.Tasks.Where(task => latency(task.Figures).Total > 0).SelectMany(task => BucketsOf(info, latency(task.Figures), LabelsOf(task)));

    // Prometheus wants each bucket to hold those below it too.
    private static LabelledMetrics[] BucketsOf(MetricInfo info, LatencyCounts latency, KeyValuePair<string, object?>[] labels)
    {
        long total = 0;
        return [.. latency.Counts.Select((count, bucket) =>
        {
            total += count;
            string bound = bucket < LatencyCounts.Bounds.Count ? LatencyCounts.Bounds[bucket].ToString(CultureInfo.InvariantCulture) : "+Inf";
            return new LabelledMetrics([Metric.Of(info.Id, total)], [.. labels, Label("le", bound)]);
        })];
    }

    private IEnumerable<LabelledMetrics> OfOperators() => _worker.Tasks.SelectMany(task =>
    {
        KeyValuePair<string, object?>[] labels = LabelsOf(task);
        return ListOf(task).OfOperators().GroupBy(one => one.Operator).Select(one => new LabelledMetrics(
            one.Select(metric => metric.Metric), [.. labels, Label("operator_name", one.Key)]));
    });

    private static TaskMetricList ListOf(RunningTask task) => new(task.Figures, [.. NodesOf(task.Vertex)], task.Vertex.Head.Inputs.Count == 0);

    private static IEnumerable<string> NodesOf(JobVertex vertex) => vertex.Nodes.OrderBy(node => node.Index).Select(node => node.Name);

    private KeyValuePair<string, object?>[] LabelsOf(RunningTask task) =>
    [
        .. _labels,
        Label("job_id", task.Task.Job.ToString()),
        Label("job_name", task.JobName),
        Label("task_id", task.Vertex.Id.ToString()),
        Label("task_name", task.Vertex.Name),
        Label("subtask_index", task.Task.Subtask.ToString(CultureInfo.InvariantCulture)),
        Label("task_attempt_num", task.Attempt.Number.ToString(CultureInfo.InvariantCulture)),
    ];

    private static KeyValuePair<string, object?> Label(string name, string value) => new(name, value);
}
