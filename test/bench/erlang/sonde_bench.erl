%% Times telemetry:execute/3 and telemetry:span/3; prints "<case> <nanoseconds per call>" lines, of the best slice.
-module(sonde_bench).
-export([main/0, handle/4, one/1, three/1, ten/1, span/1]).

-define(SLICE, 300000).
-define(SLICES, 3).

main() ->
    {ok, _} = application:ensure_all_started(telemetry),
    run(),
    halt(0).

run() ->
    persistent_term:put(?MODULE, counters:new(10, [])),
    attach(one, 1),
    attach(three, 3),
    attach(ten, 10),
    ok = telemetry:attach(start, [bench, span, start], fun ?MODULE:handle/4, 1),
    ok = telemetry:attach(stop, [bench, span, stop], fun ?MODULE:handle/4, 1),
    report("1", one),
    report("3", three),
    report("10", ten),
    report("span", span).

attach(Name, Count) ->
    [ok = telemetry:attach({Name, I}, [bench, order, Name], fun ?MODULE:handle/4, I) || I <- lists:seq(1, Count)].

%% As much work as the handlers on the other side do: read one number, add it to a slot of their own.
handle(_Event, #{duration := Duration}, _Metadata, Slot) -> add(Slot, Duration);
handle(_Event, #{monotonic_time := Time}, _Metadata, Slot) -> add(Slot, Time band 16#ffff).

add(Slot, Number) -> counters:add(persistent_term:get(?MODULE), Slot, Number).

one(0) -> ok;
one(N) ->
    telemetry:execute([bench, order, one], #{duration => 7, system_time => 1700000000000}, #{method => get, status => 200}),
    one(N - 1).

three(0) -> ok;
three(N) ->
    telemetry:execute([bench, order, three], #{duration => 7, system_time => 1700000000000}, #{method => get, status => 200}),
    three(N - 1).

ten(0) -> ok;
ten(N) ->
    telemetry:execute([bench, order, ten], #{duration => 7, system_time => 1700000000000}, #{method => get, status => 200}),
    ten(N - 1).

span(0) -> ok;
span(N) ->
    telemetry:span([bench, span], #{method => get, status => 200}, fun() -> {ok, #{method => get, status => 200}} end),
    span(N - 1).

report(Case, Loop) ->
    _ = time(Loop),
    Best = lists:min([time(Loop) || _ <- lists:seq(1, ?SLICES)]),
    io:format("~s ~.2f~n", [Case, Best * 1000 / ?SLICE]).

%% The lesser of processor and wall time: when others have the processor meanwhile, that does not count.
time(Loop) ->
    _ = erlang:statistics(runtime),
    {Wall, ok} = timer:tc(?MODULE, Loop, [?SLICE]),
    {_, Milliseconds} = erlang:statistics(runtime),
    min(Wall, Milliseconds * 1000).
