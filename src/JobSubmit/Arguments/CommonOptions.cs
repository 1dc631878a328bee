using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using QueryStream.Connectors.Kafka;
using QueryStream.Local;
using QueryStream.Streams.Settings;
using QueryStream.Worker;

namespace QueryStream.JobSubmit.Arguments;

/// <summary>Options that several commands have, each created anew for its command.</summary>
internal static class CommonOptions
{
    public static Argument<string?> Job() => new("JOB")
    {
        Description = "The job: a name (querystream jobs lists them) or the path of your own JOB.dll",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public static Option<string?> Class() => new("--class", "-c")
    {
        Description = "The class of the job, where JOB.dll has several",
        HelpName = "NAME",
    };

    public static Option<string?> Kafka() => new("--kafka")
    {
        Description = "Kafka's bootstrap servers, HOST:PORT. Unset: $KAFKA_BOOTSTRAP_SERVERS, else localhost:9092",
        HelpName = "BOOTSTRAP",
        CustomParser = static result =>
        {
            string address = result.Tokens[^1].Value;
            if (!KafkaConnection.IsAddress(address))
            {
                AddError(result, "HOST:PORT, or several separated by commas; for example localhost:9092");
            }

            return address;
        },
    };

    public static Option<string?> Redis() => new("--redis")
    {
        Description = "Redis. Unset: $REDIS_ADDRESS, else localhost:6379",
        HelpName = "HOST:PORT",
    };

    public static Option<int?> Parallelism() => Number(
        "--parallelism",
        "The parallelism of operators for which the job sets none. Unset: one per core, at most 16; on a cluster, its default",
        1,
        LocalClusterOptions.MaxParallelism,
        "-p");

    public static Option<int?> NewParallelism() => Number(
        "--parallelism", "The parallelism of operators for which the job sets none", 1, LocalClusterOptions.MaxParallelism, "-p");

    public static Option<int?> Workers() => Number("--workers", "How many workers the cluster has. Unset: 2", 1, LocalClusterOptions.MaxWorkers);

    public static Option<int?> Slots() => Number(
        "--slots", "How many slots each worker has. Unset: as many as the job needs, at least 2", 1, WorkerOptions.MaxSlots);

    public static Option<bool> Json() => new("--json") { Description = "Print one JSON object to stdout at the end; everything else goes to stderr" };

    public static Option<int?> Partitions(string description) => Number("--partitions", description, 1, 10_000);

    public static Option<int?> Number(string name, string description, int min, int max, params string[] aliases) => new(name, aliases)
    {
        Description = description,
        HelpName = "N",
        CustomParser = result => Parse<int>(result, text => Number(text, min, max) is long number ? (int)number : null, WholeNumber(min, max)),
    };

    public static Option<long?> Events(string description) => new("--events")
    {
        Description = description,
        HelpName = "N",
        CustomParser = result => Parse<long>(result, text => Number(text, 1, 100_000_000_000), WholeNumber(1, 100_000_000_000)),
    };

    public static Option<ulong> Seed() => new("--seed")
    {
        Description = "Decides everything about the events except their times",
        HelpName = "S",
        DefaultValueFactory = _ => 42,
        CustomParser = result =>
            Parse<ulong>(result, text => SettingValue.TryParse(text, out ulong seed) ? seed : null, "a whole number, 0 or more") ?? 0,
    };

    public static Option<TimeSpan?> Duration(string description) => new("--duration")
    {
        Description = description,
        HelpName = "D",
        CustomParser = result => Parse<TimeSpan>(
            result,
            text => SettingValue.TryParse(text, out TimeSpan duration) && duration > TimeSpan.Zero ? duration : null,
            "a duration with a unit: 500ms, 30s, 2min, 1h"),
    };

    /// <summary>Parses the value of an option, or adds an error that says what is allowed.</summary>
    public static T? Parse<T>(ArgumentResult result, Func<string, T?> parse, string allowed)
        where T : struct
    {
        T? value = parse(result.Tokens[^1].Value);
        if (value is null)
        {
            AddError(result, allowed);
        }

        return value;
    }

    /// <summary>A whole number within bounds; null if the text is none.</summary>
    public static long? Number(string text, long min, long max) =>
        SettingValue.TryParse(text, out long number) && number >= min && number <= max ? number : null;

    /// <summary>A whole number within bounds, for messages.</summary>
    public static string WholeNumber(long min, long max) => string.Create(CultureInfo.InvariantCulture, $"a whole number, {min} to {max}");

    private static void AddError(ArgumentResult result, string allowed) =>
        result.AddError($"Option '{(result.Parent as OptionResult)?.Option.Name}': '{result.Tokens[^1].Value}' is not allowed. Allowed: {allowed}.");
}
