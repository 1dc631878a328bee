using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using QueryStream.Connectors.Kafka;
using QueryStream.Core.Errors;
using QueryStream.Core.Time;
using QueryStream.Local;

namespace QueryStream.JobSubmit.Arguments;

/// <summary>Options that several commands have, each made anew for its command.</summary>
internal static class CommonOptions
{
    private const string KafkaVariable = "KAFKA_BOOTSTRAP_SERVERS";
    private const string RedisVariable = "REDIS_ADDRESS";
    private const int MostSubtasksByDefault = 16;

    public static Option<string?> Kafka() => new("--kafka")
    {
        Description = $"Kafka's bootstrap servers, HOST:PORT. Unset: ${KafkaVariable}, else localhost:9092",
        HelpName = "BOOTSTRAP",
    };

    public static Option<string?> Redis() => new("--redis")
    {
        Description = $"Redis. Unset: ${RedisVariable}, else localhost:6379",
        HelpName = "HOST:PORT",
    };

    public static Option<int> Parallelism(int byDefault) => Number(
        "--parallelism", "How many subtasks each step of the job has, and so how many slots it needs", byDefault, 1, 32_768);

    public static Option<int> Workers() => Number("--workers", "How many workers the cluster has", 2, 1, LocalClusterOptions.MaxWorkers);

    public static Option<int?> Slots() => new("--slots")
    {
        Description = "How many slots each worker has. Unset: as many as the parallelism needs, at least 2",
        HelpName = "N",
        CustomParser = result => ParseNumber(result, 1, LocalClusterOptions.MaxSlotsPerWorker),
    };

    public static Option<bool> Json() => new("--json") { Description = "Print one JSON object at the end; everything else goes to stderr" };

    public static Option<ulong> Seed() => new("--seed")
    {
        Description = "Decides everything about the events but their times",
        HelpName = "S",
        DefaultValueFactory = _ => 42,
        CustomParser = result => Parse<ulong>(
            result, text => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong seed) ? seed : null, "a whole number, 0 or more") ?? 0,
    };

    public static Option<TimeSpan?> Duration(string description) => new("--duration")
    {
        Description = description,
        HelpName = "D",
        CustomParser = result => Parse<TimeSpan>(
            result,
            text => Durations.TryParse(text, out TimeSpan duration) && duration > TimeSpan.Zero ? duration : null,
            "a duration with a unit: 500ms, 30s, 2min, 1h"),
    };

    public static Option<int> Number(string name, string description, int byDefault, int least, int most) => new(name)
    {
        Description = description,
        HelpName = "N",
        DefaultValueFactory = _ => byDefault,
        CustomParser = result => ParseNumber(result, least, most) ?? 0,
    };

    public static Option<long?> Events(string description) => new("--events")
    {
        Description = description,
        HelpName = "N",
        CustomParser = result => Parse<long>(
            result,
            text => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number is >= 1 and <= 100_000_000_000 ? number : null,
            "a whole number, 1 to 100000000000"),
    };

    public static Option<int?> Partitions(string description) => new("--partitions")
    {
        Description = description,
        HelpName = "N",
        CustomParser = result => ParseNumber(result, 1, 10_000),
    };

    /// <summary>As many subtasks as there are cores, unless the machine is large.</summary>
    public static int ParallelismOfMachine() => Math.Clamp(Environment.ProcessorCount, 1, MostSubtasksByDefault);

    /// <summary>The address of Kafka: of the option, else of the environment.</summary>
    /// <exception cref="SettingException">It is none.</exception>
    public static string RequireKafka(string? option)
    {
        string address = option ?? KafkaFromEnvironment() ?? "localhost:9092";
        return KafkaConnection.IsAddress(address)
            ? address
            : throw new SettingException("kafka", $"'{address}' is not HOST:PORT, or several separated by commas; for example localhost:9092.");
    }

    /// <summary>The address of Kafka where the option is not given; null where the environment has none.</summary>
    public static string? KafkaFromEnvironment() => FromEnvironment(KafkaVariable);

    /// <summary>The address of Redis where the option is not given; null where the environment has none.</summary>
    public static string? RedisFromEnvironment() => FromEnvironment(RedisVariable);

    /// <summary>Reads a value, or says what is allowed.</summary>
    public static T? Parse<T>(ArgumentResult result, Func<string, T?> parse, string allowed)
        where T : struct
    {
        string text = result.Tokens.Count > 0 ? result.Tokens[^1].Value : "";
        T? value = parse(text);
        if (value is null)
        {
            result.AddError($"Option '{(result.Parent as OptionResult)?.Option.Name}': '{text}' is not possible; allowed is {allowed}.");
        }

        return value;
    }

    private static int? ParseNumber(ArgumentResult result, int least, int most) => Parse<int>(
        result,
        text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= least && number <= most ? number : null,
        string.Create(CultureInfo.InvariantCulture, $"a whole number, {least} to {most}"));

    private static string? FromEnvironment(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } address ? address : null;
}
