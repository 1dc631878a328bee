using QueryStream.JobSubmit.Commands;
using QueryStream.Rest.Model;

namespace QueryStream.JobSubmit.Tests;

public sealed class WhyTests
{
    [Fact]
    public void Findings_are_written_with_what_to_change_where_it_is_known()
    {
        using StringWriter output = new();

        WhyCommand.Write(output,
        [
            new FindingDetails("WATERMARK_HELD", "A split holds the watermark back", "Windows wait for split đơn-hàng-0\nof orders.")
            {
                Change = "Set IdleAfter.",
            },
            new FindingDetails("OUTPUT_FLOWS", "Rows are written", "12 a second."),
        ]);

        Assert.Equal(
            [
                "A split holds the watermark back",
                "  Windows wait for split đơn-hàng-0 of orders.",
                "  What to change: Set IdleAfter.",
                "Rows are written",
                "  12 a second.",
            ],
            output.ToString().TrimEnd().Split(Environment.NewLine));
    }
}
