using System.Collections.Frozen;
using System.Globalization;
using QueryStream.Connectors.Kafka;
using QueryStream.Connectors.Redis;
using QueryStream.Core.Errors;
using QueryStream.Core.Texts;
using QueryStream.Core.Time;
using QueryStream.Streams;
using QueryStream.Streams.Settings;

namespace QueryStream.Jobs.QueryAnalytics;

/// <summary>The settings of Query Analytics, with their defaults.</summary>
public sealed record QueryAnalyticsSettings : IValidatedSettings
{
    // Results can represent the years 1970 to 9999, and events may have years up to 9998.
    private static readonly TimeSpan MaxWindow = TimeSpan.FromDays(365);
    private static readonly TimeSpan MinPartitionDiscovery = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan MinIdleAfter = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan MinEarlyInterval = TimeSpan.FromMilliseconds(10);

    private static readonly EventTime FirstTime = EventTime.From(DateTimeOffset.UnixEpoch);
    private static readonly EventTime LastTime = EventTime.From(new DateTimeOffset(9999, 1, 1, 0, 0, 0, TimeSpan.Zero)).Add(-1);

    private readonly bool _isEarlyIntervalSet;

    /// <summary>Kafka's address.</summary>
    [Setting("kafka", "Kafka's bootstrap servers, HOST:PORT, separated by commas")]
    public string Kafka { get; init; } = "localhost:9092";

    /// <summary>Redis's address.</summary>
    [Setting("redis", "Redis, HOST:PORT or redis[s]://[USER@]HOST:PORT[,HOST:PORT][/DATABASE]")]
    public string Redis { get; init; } = "localhost:6379";

    /// <summary>The topic.</summary>
    [Setting("topic", "the topic with the queries")]
    public string Topic { get; init; } = "user-queries";

    /// <summary>The consumer group.</summary>
    [Setting("group-id", "the consumer group whose offsets are kept in Kafka")]
    public string GroupId { get; init; } = "query-analytics";

    /// <summary>The start position.</summary>
    [Setting("start", "where to begin: earliest, latest, group (the group's offsets), or an ISO-8601 time")]
    public KafkaStart Start { get; init; } = KafkaStart.Parse("earliest");

    /// <summary>Whether the job is bounded.</summary>
    [Setting("bounded", "whether to stop at the end offsets that the partitions have at the start (true, false)")]
    public bool IsBounded { get; init; }

    /// <summary>The interval of checking for new partitions.</summary>
    [Setting("partition-discovery", "how often the topic is looked up for new partitions; off: new partitions are read after the next start")]
    public TimeSpan? PartitionDiscovery { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>What to do with a topic that was deleted and created again.</summary>
    [Setting(
        "fail-on-recreated-topic",
        "whether to fail when the topic is deleted and created again, instead of reading the new one from its beginning (true, false)")]
    public bool FailsOnRecreatedTopic { get; init; }

    /// <summary>The largest record.</summary>
    [Setting("max-record-bytes", "a larger record is a dead letter; 1 to 1073741824")]
    public int MaxRecordBytes { get; init; } = 1 << 20;

    /// <summary>The window of faculty.</summary>
    [Setting("window.faculty", "size of its windows, in whole seconds, up to 365d")]
    public TimeSpan FacultyWindow { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>The window of year.</summary>
    [Setting("window.year", "size of its windows, in whole seconds, up to 365d")]
    public TimeSpan YearWindow { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>The window of heatmap.</summary>
    [Setting("window.heatmap", "size of its windows, in whole seconds, up to 365d")]
    public TimeSpan HeatmapWindow { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The window of popular_queries.</summary>
    [Setting("window.popular_queries", "size of its windows, in whole seconds, up to 365d")]
    public TimeSpan PopularQueriesWindow { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The window of student_year.</summary>
    [Setting("window.student_year", "size of its windows, in whole seconds, up to 365d")]
    public TimeSpan StudentYearWindow { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The window of popular_queries_by_year.</summary>
    [Setting("window.popular_queries_by_year", "size of its windows, in whole seconds, up to 365d")]
    public TimeSpan PopularQueriesByYearWindow { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>The window of department.</summary>
    [Setting("window.department", "size of its windows, in whole seconds, up to 365d")]
    public TimeSpan DepartmentWindow { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The window of user_type_distribution.</summary>
    [Setting("window.user_type_distribution", "size of its windows, in whole seconds, up to 365d")]
    public TimeSpan UserTypeDistributionWindow { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The window of success_rate.</summary>
    [Setting("window.success_rate", "size of its windows, in whole seconds, up to 365d")]
    public TimeSpan SuccessRateWindow { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The window of response_time.</summary>
    [Setting("window.response_time", "size of its windows, in whole seconds, up to 365d")]
    public TimeSpan ResponseTimeWindow { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The out-of-orderness.</summary>
    [Setting("out-of-orderness", "how much older than the newest query of its partition a query may be and still be in time")]
    public TimeSpan OutOfOrderness { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The idle timeout of a partition.</summary>
    [Setting("idle-after", "after how long without a query a partition that was read to its end no longer holds time back; off: never")]
    public TimeSpan? IdleAfter { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The allowed lateness of windows.</summary>
    [Setting("lateness", "how long after its close a window still takes queries and is written again")]
    public TimeSpan Lateness { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The interval of early results.</summary>
    [Setting("early-interval", "how often a changed open window is written, 10ms or more; off: never; bounded runs do not unless it is set")]
    public TimeSpan? EarlyInterval
    {
        get;
        init
        {
            field = value;
            _isEarlyIntervalSet = true;
        }
    } = TimeSpan.FromSeconds(2);

    /// <summary>The limit of event times ahead of the clock.</summary>
    [Setting("watermark.max-ahead", "a query whose time is further beyond the clock is a dead letter; off: none is")]
    public TimeSpan? MaxAhead { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The time to live of results in Redis.</summary>
    [Setting("ttl", "how long Redis keeps a result, in whole seconds, 1s or more")]
    public TimeSpan Ttl { get; init; } = TimeSpan.FromSeconds(2_592_000);

    /// <summary>The Redis channel of results.</summary>
    [Setting("channel", "the Redis channel on which results are published")]
    public string Channel { get; init; } = "analytics:updates";

    /// <summary>The user types of students.</summary>
    [Setting("student-types", "the values of user_type that are students, separated by commas")]
    public IReadOnlyList<string> StudentTypes { get; init; } = ["Sinh viên"];

    /// <summary>The topic of dead letters.</summary>
    [Setting("dead-letter.topic", "a Kafka topic for records that cannot be read; empty: none")]
    public string DeadLetterTopic { get; init; } = "";

    /// <summary>The file of dead letters.</summary>
    [Setting("dead-letter.file", "a file for records that cannot be read, on the worker's machine; empty: none")]
    public string DeadLetterFile { get; init; } = "";

    /// <summary>The interval of early results; null: none.</summary>
    internal TimeSpan? EarlyResults => IsBounded && !_isEarlyIntervalSet ? null : EarlyInterval;

    internal KafkaSourceOptions Source => new()
    {
        BootstrapServers = Kafka,
        Topic = Topic,
        GroupId = GroupId,
        Start = Start,
        IsBounded = IsBounded,
        PartitionDiscoveryInterval = PartitionDiscovery,
        WhenRecreated = FailsOnRecreatedTopic ? KafkaRecreatedTopic.Fail : KafkaRecreatedTopic.ReadFromBeginning,
        MaxRecordBytes = MaxRecordBytes,
    };

    internal WatermarkStrategy<Query> Watermarks => new()
    {
        EventTimeOf = q => q.Time,
        OutOfOrderness = OutOfOrderness,
        IdleAfter = IdleAfter,
        AdvanceWhileIdle = true,
        MaxAhead = MaxAhead,
        Earliest = FirstTime,
        Latest = LastTime,
    };

    internal RedisSinkOptions Sink => new() { Address = Redis, Ttl = Ttl, Channel = Channel };

    /// <summary>The user types of students, as rows hold them.</summary>
    internal FrozenSet<Text> NormalizedStudentTypes()
    {
        TextNormalizer normalizer = new();
        return StudentTypes.Select(type => Text.From(normalizer.Name(Text.From(type).Bytes))).ToFrozenSet();
    }

    /// <inheritdoc/>
    public void Validate()
    {
        Require(KafkaConnection.IsAddress(Kafka), "kafka", Kafka, "HOST:PORT, or several separated by commas; for example localhost:9092");
        RequireNotEmpty("redis", Redis, "HOST:PORT");
        RequireNotEmpty("group-id", GroupId, "any name");
        RequireNotEmpty("channel", Channel, "any name");
        RequireNotEmpty("student-types", string.Concat(StudentTypes), "one user type or several, separated by commas");
        RequireTopic("topic", Topic);
        if (DeadLetterTopic.Length > 0)
        {
            RequireTopic("dead-letter.topic", DeadLetterTopic);
            Require(DeadLetterTopic != Topic, "dead-letter.topic", DeadLetterTopic, "any but the topic that is read");
        }

        Require(MaxRecordBytes is >= 1 and <= 1 << 30, "max-record-bytes", MaxRecordBytes.ToString(CultureInfo.InvariantCulture), "1 to 1073741824");
        Require(IsWholeSeconds(Ttl), "ttl", Durations.Format(Ttl), "whole seconds, 1s or more");
        Require(EarlyInterval is null || EarlyInterval >= MinEarlyInterval, "early-interval", FormatOrOff(EarlyInterval), "10ms or more, or off");
        Require(IdleAfter is null || IdleAfter >= MinIdleAfter, "idle-after", FormatOrOff(IdleAfter), "1ms or more, or off");
        Require(
            PartitionDiscovery is null || PartitionDiscovery >= MinPartitionDiscovery,
            "partition-discovery",
            FormatOrOff(PartitionDiscovery),
            "100ms or more, or off");
        foreach ((string name, TimeSpan size) in Windows())
        {
            Require(IsWholeSeconds(size) && size <= MaxWindow, name, Durations.Format(size), "whole seconds, 1s to 365d");
        }
    }

    private IEnumerable<(string Setting, TimeSpan Size)> Windows() =>
    [
        ("window.faculty", FacultyWindow),
        ("window.year", YearWindow),
        ("window.heatmap", HeatmapWindow),
        ("window.popular_queries", PopularQueriesWindow),
        ("window.student_year", StudentYearWindow),
        ("window.popular_queries_by_year", PopularQueriesByYearWindow),
        ("window.department", DepartmentWindow),
        ("window.user_type_distribution", UserTypeDistributionWindow),
        ("window.success_rate", SuccessRateWindow),
        ("window.response_time", ResponseTimeWindow),
    ];

    private static bool IsWholeSeconds(TimeSpan duration) => duration > TimeSpan.Zero && duration.Ticks % TimeSpan.TicksPerSecond == 0;

    private static string FormatOrOff(TimeSpan? duration) => duration is { } value ? Durations.Format(value) : "off";

    private static void RequireTopic(string setting, string topic) => Require(
        topic.Length is >= 1 and <= 249 && topic is not ("." or "..") && topic.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-'),
        setting,
        topic,
        "1 to 249 letters, digits, dots, underscores and dashes");

    private static void RequireNotEmpty(string setting, string value, string allowed) => Require(value.Length > 0, setting, value, allowed);

    private static void Require(bool isAllowed, string setting, string value, string allowed)
    {
        if (!isAllowed)
        {
            throw new SettingException(setting, $"'{value}' is not allowed. Allowed: {allowed}.");
        }
    }
}
