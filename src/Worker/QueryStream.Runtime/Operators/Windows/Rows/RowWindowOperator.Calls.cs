using QueryStream.Core.Time;
using QueryStream.Streams.Functions;
using QueryStream.Streams.Windows;

namespace QueryStream.Runtime.Operators.Windows.Rows;

/// <content>The contexts of triggers and functions.</content>
internal sealed partial class RowWindowOperator<T, TKey, TOut>
{
    private sealed class TriggerCall(RowWindowOperator<T, TKey, TOut> owner) : TriggerContext
    {
        public override Window Window => owner.Bounds;

        public override EventTime Time => owner.Function.Time;

        public override EventTime Watermark => owner.Function.Watermark;

        public override EventTime ProcessingTime => owner.Store.Now;

        public override void SetTimer(EventTime eventTime) => owner.Function.SetTimer(eventTime);

        // The timer that closes the window stays.
        public override void DeleteTimer(EventTime eventTime)
        {
            if (eventTime != owner.EndOf(owner.Bounds))
            {
                owner.Function.DeleteTimer(eventTime);
            }
        }

        public override void SetProcessingTimeTimer(EventTime processingTime) => owner.Function.SetProcessingTimeTimer(processingTime);

        public override void DeleteProcessingTimeTimer(EventTime processingTime)
        {
            if (!owner._settings.IsProcessingTime || processingTime != owner.Bounds.End)
            {
                owner.Function.DeleteProcessingTimeTimer(processingTime);
            }
        }
    }

    private sealed class FunctionCall(RowWindowOperator<T, TKey, TOut> owner) : WindowContext<TKey, TOut>
    {
        private Window _window;
        private Pane _pane;
        private EventTime _time;

        public override TKey Key => owner.Store.Key.Key;

        public override Window Window => _window;

        public override Pane Pane => _pane;

        public override EventTime Watermark => owner.Function.Watermark;

        public override EventTime ProcessingTime => owner.Store.Now;

        public override void Emit(in TOut row) => owner._outputs.Emit(row, _time);

        public override void Emit<TSide>(SideOutput<TSide> output, in TSide row) => owner._outputs.Emit(output, row, _time);

        /// <summary>Begins a result of the selected window.</summary>
        public void Begin(bool isClosed)
        {
            bool isGlobal = owner._settings.Windows[0] is Global;
            EventTime last = owner._sorted.Times[^1];
            _pane = !isClosed ? Pane.Early : owner._windows.Value.HasFired && !isGlobal ? Pane.Update : Pane.OnTime;
            _window = isGlobal ? new Window(owner._sorted.Times[0], last.Add(1)) : owner.Bounds;
            _time = isGlobal ? last : _window.MaxTime;
        }
    }
}
