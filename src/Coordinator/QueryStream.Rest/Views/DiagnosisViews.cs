using System.Text.Json;
using QueryStream.Coordinator;
using QueryStream.Coordinator.Diagnosis;
using QueryStream.Rest.Model;

namespace QueryStream.Rest.Views;

/// <summary>What holds the output of a job back, as its answer shows it.</summary>
internal static class DiagnosisViews
{
    public static DiagnosisResponse Of(JobHandle job, DateTimeOffset now) => new(
    [
        .. NoOutput.Explain(DiagnosedJob.Of(job, now)).Select(finding => new FindingDetails(
            JsonNamingPolicy.SnakeCaseUpper.ConvertName(finding.Kind.ToString()), finding.Title, finding.Text)
        {
            Change = finding.Change,
        }),
    ]);
}
