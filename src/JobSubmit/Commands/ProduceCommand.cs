using System.CommandLine;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using QueryStream.Connectors.Kafka;
using QueryStream.Jobs.QueryAnalytics.Generation;
using QueryStream.JobSubmit.Arguments;
using QueryStream.JobSubmit.Producing;

namespace QueryStream.JobSubmit.Commands;

/// <summary><c>produce queries</c>: fills a topic with generated queries.</summary>
internal static class ProduceCommand
{
    public const string Name = "produce";
    public const string Queries = "queries";
    public const string AsFastAsPossible = "max";
    private const int MaxRate = 10_000_000;

    public static Command Create(CommandContext context)
    {
        Command produce = new(Name, "Fill a Kafka topic with generated events.");
        produce.Subcommands.Add(CreateQueries(context));
        return produce;
    }

    private static Command CreateQueries(CommandContext context)
    {
        Option<string?> kafka = CommonOptions.Kafka();
        Option<string> topic = new("--topic")
        {
            Description = "The topic; created if it does not exist",
            HelpName = "T",
            DefaultValueFactory = _ => "user-queries",
        };
        Option<int> rate = Rate();
        Option<long?> events = CommonOptions.Events("How many events");
        Option<TimeSpan?> duration = CommonOptions.Duration("How long. Without this and --events: until stopped");
        Option<ulong> seed = CommonOptions.Seed();
        Option<QueryKind?> kind = Kind();
        Option<int?> partitions = CommonOptions.Partitions(
            $"How many partitions the topic gets if it is created. Unset: {ProduceRequest.PartitionsByDefault}");
        Command command = new(Queries, "Write queries like those of a university's question desk.")
        {
            kafka, topic, rate, events, duration, seed, kind, partitions,
        };
        command.SetAction((parsed, stop) => RunAsync(
            context,
            parsed.GetValue(kafka),
            new ProduceRequest(parsed.GetValue(topic)!)
            {
                Rate = parsed.GetValue(rate) is > 0 and int paced ? paced : null,
                Events = parsed.GetValue(events),
                Duration = parsed.GetValue(duration),
                Seed = parsed.GetValue(seed),
                Kind = parsed.GetValue(kind) ?? QueryKind.Queries,
                Partitions = parsed.GetValue(partitions),
            },
            stop));
        return command;
    }

    // 0 stands for "max".
    private static Option<int> Rate() => new("--rate")
    {
        Description = $"Events a second in real time, or {AsFastAsPossible}: as fast as possible, with event times from "
            + $"{ProduceRequest.FirstEventTime} on, {ProduceRequest.EventsPerSecondOfEventTime} a second",
        HelpName = "N|max",
        DefaultValueFactory = _ => 1_000,
        CustomParser = result => CommonOptions.Parse<int>(
            result,
            text => text == AsFastAsPossible ? 0 : (int?)CommonOptions.Number(text, 1, MaxRate),
            $"{CommonOptions.WholeNumber(1, MaxRate)}, or {AsFastAsPossible}") ?? 0,
    };

    private static Option<QueryKind?> Kind() => new("--kind")
    {
        Description = "How the events are distributed: queries (few queries are asked by most) or distinct (nothing repeats). Unset: queries",
        HelpName = "queries|distinct",
        CustomParser = result => CommonOptions.Parse<QueryKind>(
            result,
            text => text.ToLowerInvariant() switch { "queries" => QueryKind.Queries, "distinct" => QueryKind.Distinct, _ => null },
            "queries or distinct"),
    };

    private static async Task<int> RunAsync(CommandContext context, string? address, ProduceRequest request, CancellationToken stop)
    {
        HostApplicationBuilder builder = CommandContext.CreateBuilder(
            ($"{KafkaClientOptions.Section}:{nameof(KafkaClientOptions.BootstrapServers)}", address));
        builder.Services.AddQueryStreamKafka();
        using IHost host = builder.Build();
        string kafka = host.Services.GetRequiredService<KafkaClientOptions>().BootstrapServers ?? IKafkaClients.DefaultAddress;
        QueryProducer producer = new(
            host.Services.GetRequiredService<IKafkaClients>(),
            kafka,
            request,
            context.Time,
            host.Services.GetRequiredService<ILogger<QueryProducer>>());
        long start = context.Time.GetTimestamp();
        await producer.RunAsync(stop);
        double seconds = context.Time.GetElapsedTime(start).TotalSeconds;
        double perSecond = producer.Produced / Math.Max(seconds, 0.001);
        await context.Terminal.Out.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"{producer.Produced:N0} events in topic '{request.Topic}' after {seconds:0.0} s ({perSecond:N0} a second)"));
        return 0;
    }
}
