using QueryStream.Core.Time;
using QueryStream.Streams.Batches;

namespace QueryStream.Streams.Tests.Batches;

public sealed class ControlTests
{
    [Theory]
    [InlineData(ControlKind.Watermark, 1)]
    [InlineData(ControlKind.Idle, 2)]
    [InlineData(ControlKind.Active, 3)]
    [InlineData(ControlKind.End, 4)]
    public void The_number_of_a_control_kind_is_frozen(ControlKind kind, byte number) => Assert.Equal(number, (byte)kind);

    [Fact]
    public void A_control_element_has_its_kind_and_value()
    {
        Assert.Equal(ControlKind.Watermark, Control.Advance(new EventTime(5)).Kind);
        Assert.Equal(new EventTime(5), Control.Advance(new EventTime(5)).Watermark);
        Assert.Equal(ControlKind.End, Control.End.Kind);
        Assert.Equal(ControlKind.Active, Control.Active.Kind);
        IdlePeriod period = new(new EventTime(7), new EventTime(9), 1000);
        Assert.Equal((ControlKind.Idle, period), (Control.Idle(period).Kind, Control.Idle(period).IdlePeriod));
    }
}
