using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using QueryStream.Coordinator;
using QueryStream.Coordinator.Metrics;
using QueryStream.Hosting;
using QueryStream.Rest;
using QueryStream.Wire.Metrics;

namespace QueryStream.Cluster.Host.Telemetry;

/// <summary>The metrics of a coordinator: of its process and, while it leads, of the cluster and the jobs that have not ended.</summary>
internal sealed class CoordinatorMeter : IHostedService
{
    private readonly ILeadership _leadership;
    private readonly ProcessProbe _process;
    private readonly TimeProvider _time;
    private readonly KeyValuePair<string, object?>[] _labels = [new("host", Environment.MachineName)];

    public CoordinatorMeter(ILeadership leadership, ProcessProbe process, Meter meter, TimeProvider time)
    {
        _leadership = leadership;
        _process = process;
        _time = time;
        ScopeMeter.Create(meter, "flink_jobmanager_", MetricCatalog.Process, OfProcess, time);
        ScopeMeter.Create(meter, "flink_jobmanager_", MetricCatalog.Coordinator, OfCluster, time);
        ScopeMeter.Create(meter, "flink_jobmanager_job_", MetricCatalog.Job, OfJobs, time);
        ScopeMeter.Create(meter, "flink_jobmanager_job_", [MetricCatalog.RecoveryPhase], OfRecoveries, time);
    }

    // Registered as a service so that the host creates it.
    Task IHostedService.StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    Task IHostedService.StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private IReadOnlyList<JobHandle> Jobs => _leadership.Leading?.Overview().Jobs ?? [];

    private IEnumerable<LabelledMetrics> OfProcess() => [new(ProcessMetricList.Of(_process.Read()), _labels)];

    private IEnumerable<LabelledMetrics> OfCluster() =>
        _leadership.Leading is { } coordinator ? [new(ClusterMetricList.Of(coordinator.Overview()), _labels)] : [];

    private IEnumerable<LabelledMetrics> OfJobs() =>
        Jobs.Select(job => new LabelledMetrics(JobMetricList.Of(job, _time.GetUtcNow()), LabelsOf(job)));

    private IEnumerable<LabelledMetrics> OfRecoveries() => Jobs.SelectMany(job => JobMetricList.RecoveryPhasesOf(job)
        .Select(one => new LabelledMetrics([one.Metric], [.. LabelsOf(job), new("phase", one.Phase)])));

    private KeyValuePair<string, object?>[] LabelsOf(JobHandle job) =>
        [.. _labels, new("job_id", job.Id.ToString()), new("job_name", job.Name)];
}
