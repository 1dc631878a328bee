using System.Globalization;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using QueryStream.Connectors.Kafka;
using QueryStream.Connectors.Redis;
using QueryStream.Coordinator;
using QueryStream.Core.Texts;
using QueryStream.Core.Time;
using QueryStream.Streams;
using QueryStream.Streams.Formats;
using QueryStream.Streams.Settings;
using QueryStream.Streams.Windows;
using QueryStream.TestKit.Connectors;
using QueryStream.TestKit.Jobs;

namespace QueryStream.Local.Tests;

public enum SaleKind
{
    InShop,
    Online,
}

[StreamRecord]
public sealed record Sale(string ID, double Amount, decimal Price, DateTimeOffset At, SaleKind Kind);

[StreamRecord]
public sealed record Total(string Key, double Amount, decimal Price);

/// <summary>The culture is of the whole process, so nothing else runs meanwhile.</summary>
[CollectionDefinition(nameof(CultureTests), DisableParallelization = true)]
[Collection(nameof(CultureTests))]
public sealed class CultureTests
{
    private static readonly string[] Input =
    [
        """{"id":"I","amount":-1234567.5,"price":0.10,"at":"2025-12-09T11:30:00.25Z","kind":"InShop"}""",
        """{"id":"ı","amount":1e-7,"price":-2,"at":"2025-12-09T11:30:01Z","kind":"Online"}""",
        """{"id":"I","amount":0.25,"price":1000.5,"at":"2025-12-09T18:30:02+07:00","kind":"Online"}""",
        """{"id":"I","amount":"1,5","price":1,"at":"2025-12-09T11:30:03Z","kind":"Online"}""",
    ];

    [Theory]
    [InlineData("")]
    [InlineData("vi-VN")]
    [InlineData("tr-TR")]
    [InlineData("sv-SE")]
    public async Task A_job_of_a_host_with_any_culture_reads_and_writes_the_same(string culture)
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        CultureInfo? defaultBefore = CultureInfo.DefaultThreadCurrentCulture;
        CultureInfo.CurrentCulture = CultureInfo.DefaultThreadCurrentCulture = CultureInfo.GetCultureInfo(culture);
        try
        {
            await RunAsync(culture);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
            CultureInfo.DefaultThreadCurrentCulture = defaultBefore;
        }
    }

    private static async Task RunAsync(string culture)
    {
        InMemoryKafka kafka = new(TimeProvider.System, NullLoggerFactory.Instance);
        InMemoryRedis redis = new(TimeProvider.System);
        kafka.CreateTopic("sales", 1);
        kafka.CreateTopic("copies", 1);
        Assert.All(Input, line => Assert.True(kafka.TryAppend("sales", 0, default, Encoding.UTF8.GetBytes(line), new EventTime(0))));
        HostApplicationBuilder builder = LocalHost.CreateBuilder();
        builder.Services.AddQueryStreamLocalCluster().AddSingleton<IKafkaClients>(kafka).AddSingleton<IRedisConnections>(redis);
        using IHost host = builder.Build();
        string seen = "";
        LambdaJob job = new("sales", stream => Define(stream, used => seen = used));
        JobSettings settings = new(new Dictionary<string, string>
        {
            ["window"] = "0.5min",
            ["factor"] = "1.5",
            ["kind"] = "in-shop",
            ["limit"] = "-1000.25",
        });

        JobResult result = await new LocalRun(host).RunAsync(job, settings, CancellationToken.None);

        Assert.Equal(culture, seen);
        Assert.Equal(
            [
                ("-1234567.5", "I,-1234567.5,0.10,2025-12-09T11:30:00.25+00:00,InShop"),
                ("1E-07", "ı,1E-07,-2,2025-12-09T11:30:01+00:00,Online"),
                ("0.25", "I,0.25,1000.5,2025-12-09T18:30:02+07:00,Online"),
            ],
            await ReadAsync(kafka, "copies"));
        Assert.Equal(
            """{"key":"I:2025-12-09T11:30:00.000Z","amount":-1851850.875,"price":1000.60}""",
            redis.Find(Text.From("I:2025-12-09T11:30:00.000Z"))?.Value.ToString());
        Assert.Equal(
            """{"key":"ı:2025-12-09T11:30:00.000Z","amount":1.5E-07,"price":-2}""",
            redis.Find(Text.From("ı:2025-12-09T11:30:00.000Z"))?.Value.ToString());
        Assert.Equal(1, result.Metrics.DeadLetters["wrong-type"]);
    }

    private static void Define(StreamBuilder job, Action<string> see)
    {
        Settings settings = job.Settings.Bind<Settings>();
        Assert.Equal(
            (TimeSpan.FromSeconds(30), 1.5, SaleKind.InShop, -1000.25m), (settings.Window, settings.Factor, settings.Kind, settings.Limit));
        SourceStream<Sale> sales = job.Kafka<Sale>("sales", new KafkaSourceOptions { IsBounded = true }).Json()
            .Watermarks(new WatermarkStrategy<Sale> { EventTimeOf = sale => EventTime.From(sale.At), OutOfOrderness = TimeSpan.FromMinutes(1) });
        sales.Map(sale =>
            {
                see(CultureInfo.CurrentCulture.Name);
                return sale;
            })
            .ToKafka("copies").Key(sale => sale.Amount).Csv();
        sales.KeyBy(sale => sale.ID)
            .Window(Tumbling.Of(settings.Window))
            .Aggregate(window => (window.Sum(sale => sale.Amount * settings.Factor), window.Sum(sale => sale.Price)))
            .Map(row => new Total($"{row.Key}:{row.Window.Start}", row.Value.Item1 ?? 0, row.Value.Item2 ?? 0))
            .ToRedis("totals").Key(total => total.Key).Json();
    }

    private static async Task<IEnumerable<(string Key, string Value)>> ReadAsync(InMemoryKafka kafka, string topic)
    {
        await using SourceHarness<(string Key, string Value)> source = new(
            job => job.Kafka<(string Key, string Value)>(topic, new KafkaSourceOptions { IsBounded = true }).Format(new KeysAndValues()),
            0, 1, TimeProvider.System, kafka);
        await source.OpenAsync();
        await source.ReadToEndAsync();
        return [.. source.Rows.Select(row => row.Row)];
    }

    private sealed class KeysAndValues : RecordFormat<(string Key, string Value)>
    {
        public override RecordDecoder<(string Key, string Value)> CreateDecoder() => new Decoder();

        private sealed class Decoder : RecordDecoder<(string Key, string Value)>
        {
            protected override DecodeResult Read(in SourceRecord record)
            {
                Add((Encoding.UTF8.GetString(record.Key), Encoding.UTF8.GetString(record.Value)));
                return DecodeResult.Ok;
            }
        }
    }

    private sealed class Settings
    {
        [Setting("window", "how long a window is")]
        public TimeSpan Window { get; init; }

        [Setting("factor", "what amounts are multiplied by")]
        public double Factor { get; init; }

        [Setting("kind", "a kind")]
        public SaleKind Kind { get; init; }

        [Setting("limit", "a limit")]
        public decimal Limit { get; init; }
    }
}
