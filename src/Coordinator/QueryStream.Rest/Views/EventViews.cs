using System.Text.Json;
using QueryStream.Coordinator;
using QueryStream.Rest.Model;

namespace QueryStream.Rest.Views;

/// <summary>What has happened to a job as its answers show it.</summary>
internal static class EventViews
{
    public static JobEventsResponse Of(JobHandle job) => new([.. job.Events.Select(Of)]);

    public static JobRecoveryDetails? Of(JobRecovery? recovery) => recovery is null ? null : new JobRecoveryDetails
    {
        Restart = recovery.Number,
        Noticed = Times.Of(recovery.NoticedAt),
        Regions = recovery.Regions,
        RestoredFrom = recovery.RestoredFrom,
        LostWorker = recovery.LostWorker,
        SupersededBy = recovery.SupersededBy,
        Phases =
        [
            .. recovery.Phases.Select(reached => new RecoveryPhaseDetails
            {
                Name = JobRecovery.NameOf(reached.Phase),
                Timestamp = Times.Of(recovery.NoticedAt + reached.After),
                Duration = Milliseconds(reached.Duration),
            }),
        ],
        Total = recovery.Total is { } total ? Milliseconds(total) : -1,
    };

    private static JobEventDetails Of(JobEvent happened) => new()
    {
        Kind = JsonNamingPolicy.SnakeCaseUpper.ConvertName(happened.Kind.ToString()),
        Timestamp = Times.Of(happened.At),
        Text = happened.Text,
        Recovery = Of(happened.Recovery),
    };

    private static long Milliseconds(TimeSpan duration) => (long)Math.Round(duration.TotalMilliseconds);
}
