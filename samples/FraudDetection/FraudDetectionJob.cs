using QueryStream.Connectors.DataGen;
using QueryStream.Connectors.Files;
using QueryStream.Connectors.Terminal;
using QueryStream.Core.Time;
using QueryStream.Streams;

namespace QueryStream.Samples.FraudDetection;

/// <summary>Finds cards with a small payment that is soon followed by a large one.</summary>
public sealed class FraudDetectionJob : IStreamJob
{
    private static readonly DateTimeOffset Start = new(2025, 12, 9, 0, 0, 0, TimeSpan.Zero);

    /// <inheritdoc/>
    public string Name => "Fraud detection";

    /// <inheritdoc/>
    public void Define(StreamBuilder job)
    {
        FraudDetectionSettings settings = job.Settings.Bind<FraudDetectionSettings>();
        SourceStream<Payment> payments = settings.Input.Length > 0
            ? job.Files<Payment>("payments", new FileSourceOptions { Path = settings.Input }).Csv()
            : job.Generate(
                "payments", new GeneratorOptions { Count = 10_000, StartTime = EventTime.From(Start), Interval = TimeSpan.FromSeconds(1) }, Generate);

        Stream<Alert> alerts = payments
            .Watermarks(
                new WatermarkStrategy<Payment> { EventTimeOf = payment => EventTime.From(payment.At), OutOfOrderness = TimeSpan.FromSeconds(1) })
            .KeyBy(payment => payment.Card)
            .Process(() => new FraudDetector(settings), "fraud detector");

        if (settings.Output.Length > 0)
        {
            alerts.ToFiles("alerts", new FileSinkOptions { Folder = settings.Output, Prefix = "alerts" }).Json();
        }
        else
        {
            alerts.Print("alerts");
        }

        payments.DeadLetters.Print("dead letters", letter => $"{letter.Reason}: {letter.Detail}");
    }

    // One payment in a hundred is small, one in a hundred large: with twenty cards, some cards have both within a minute.
    private static Payment Generate(GeneratedRow row)
    {
        int card = (int)row.Integer(1, 20);
        decimal amount = row.Integer(1, 100) switch
        {
            1 => row.Decimal(0.01m, 0.99m),
            2 => row.Decimal(501m, 2_000m),
            _ => row.Decimal(1m, 500m),
        };
        return new Payment(card, amount, row.Time.ToDateTimeOffset());
    }
}
